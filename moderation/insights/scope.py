"""What a page of figures is about: the clients that its reader may see, or one of them, over a period."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from foundation.ids import earliest
from moderation.clients.models import Client, Person
from moderation.clients.sight import only_visible

PERIODS = (7, 30, 90)
USUAL = 30
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Scope:
    """Whole days (UTC), the last of them today, and whose figures: ``client`` is None for all that are seen."""

    reader: Person
    client: Client | None
    days: int

    @property
    def dates(self) -> list[date]:
        """Return the days, the oldest first."""
        today = timezone.now().astimezone(UTC).date()
        return [today - timedelta(days=back) for back in range(self.days - 1, -1, -1)]

    @property
    def start(self) -> datetime:
        return datetime.combine(self.dates[0], time(), UTC)

    def seen(self, rows: QuerySet[Row], field: str = "client") -> QuerySet[Row]:
        """Return the rows whose client, found along ``field``, is in scope."""
        rows = only_visible(rows, self.reader, field)
        return rows.filter(**{field: self.client}) if self.client else rows

    def since(self, rows: QuerySet[Row], prefix: str, start: datetime | None = None) -> QuerySet[Row]:
        """Return the rows made in the period, by their identifier: no index but the primary key is needed."""
        return rows.filter(pk__gte=earliest(prefix, start or self.start))


def clients_seen_by(reader: Person) -> QuerySet[Client]:
    return only_visible(Client.objects.order_by("name", "pk"), reader, "pk")


def of(request: HttpRequest, reader: Person) -> Scope:
    """Return what the address asks for; what cannot be, or may not be seen, is as if it had not been asked for."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(period) for period in PERIODS} else USUAL
    slug = request.GET.get("client", "").replace("\x00", "")
    client = clients_seen_by(reader).filter(slug=slug).first() if slug else None
    return Scope(reader, client, days)
