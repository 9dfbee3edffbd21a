"""/metrics: what the processes counted, and what the database knows of the queues."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from foundation import multiprocess
from moderation.analysis.models import WorkerSeen
from moderation.events.models import Event
from moderation.intake import work
from moderation.intake.models import FETCHES, Priority, Work
from moderation.review.models import Case, CaseState
from moderation.webhooks.models import Delivery
from moderation.webhooks.models import State as DeliveryState

log = structlog.get_logger(__name__)
PATIENCE = 2000  # milliseconds for each question to the database
NEAR = [
    ip_network(text) for text in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
]
REFUSAL = "Metrics are for this network, or for a bearer token.\n"
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Return every metric in Prometheus' text format, to neighbours and to holders of the token; 403 to others."""
    if not (bears_token(request) or is_near(request)):
        return HttpResponse(REFUSAL, status=403, content_type="text/plain; charset=utf-8")
    questions = CollectorRegistry()
    questions.register(DatabaseCollector())
    return HttpResponse(multiprocess.exposition() + generate_latest(questions), content_type=CONTENT_TYPE_LATEST)


def bears_token(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    return bool(token) and constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {token}")


def is_near(request: HttpRequest) -> bool:
    """Say whether the caller itself has a loopback or private address; what a proxy hands on comes from anywhere."""
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return any(address in network for network in NEAR)


class DatabaseCollector(Collector):
    """Queues as the database sees them now. Each question reads a partial index, never a whole table."""

    def collect(self) -> Iterator[Metric]:
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL statement_timeout = %s", [PATIENCE])
                found = list(everything())
        except DatabaseError as error:
            log.warning("queues_not_read", kind=type(error).__name__)
            found = []
        yield gauge("assay_database_up", "Whether the queues could be read", bool(found))
        yield from found


def everything() -> Iterable[Metric]:
    now = timezone.now()
    yield from waiting_work(now)
    yield from events(now)
    leased = Work.objects.filter(work.ANALYSES, done_at=None).exclude(token=None).count()
    yield gauge("assay_work_leased", "Works that a worker holds", leased)
    fetches = work.waiting(FETCHES).count()
    yield gauge("assay_fetches_waiting", "Pictures that wait to be fetched from their address", fetches)
    yield gauge("assay_deliveries_pending", "Webhook deliveries that are neither delivered nor given up", deliveries())
    cases = Case.objects.filter(state=CaseState.OPEN).count()
    yield gauge("assay_cases_open", "Cases that wait for a moderator", cases)
    alive = WorkerSeen.objects.filter(seen_at__gt=now - settings.WORKER_SEEN_WITHIN).count()
    yield gauge("assay_workers_seen", "Analysis workers seen lately", alive)


def events(now: datetime) -> Iterable[Metric]:
    due = Count("pk", filter=Q(not_before__lte=now))
    held = Count("pk", filter=Q(not_before__gt=now))
    counts = Event.objects.filter(dispatched_at=None, retracted_at=None).aggregate(due=due, held=held)
    yield gauge("assay_events_undispatched", "Events that are due and not handed on", counts["due"])
    yield gauge("assay_events_held", "Events that wait for their retraction window", counts["held"])


def deliveries() -> int:
    """Count in two steps, because each has a partial index."""
    idle = Delivery.objects.filter(state=DeliveryState.PENDING, token=None).count()
    return idle + Delivery.objects.filter(state=DeliveryState.PENDING, token__isnull=False).count()


def waiting_work(now: datetime) -> Iterable[Metric]:
    """Count the waiting works of every priority, also where none waits, and say how long the oldest has waited."""
    rows = work.waiting().order_by().values("priority").annotate(depth=Count("pk"), oldest=Min("created_at"))
    found = {row["priority"]: row for row in rows}
    depth = GaugeMetricFamily("assay_queue_depth", "Works that nobody holds", labels=["priority"])
    age = GaugeMetricFamily("assay_queue_oldest_seconds", "Age of the oldest waiting work", labels=["priority"])
    for priority in Priority:
        row = found.get(priority.value)
        depth.add_metric([priority.name.lower()], row["depth"] if row else 0)
        age.add_metric([priority.name.lower()], max(0.0, (now - row["oldest"]).total_seconds()) if row else 0)
    return [depth, age]


def gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=float(value))
