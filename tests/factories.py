"""What tests make: clients, keys, people, submissions with bytes, models in service, findings."""

import hashlib
import io
from typing import Any

import factory
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from factory.django import DjangoModelFactory
from PIL import Image

from moderation.clients import services as clients
from moderation.clients.models import ApiKey, Client, Person, Role, Scope
from moderation.events.models import Event
from moderation.intake.files import path_of
from moderation.intake.models import Source, StoredImage, Submission, Work
from moderation.registry.models import ModelState, ModelVersion
from moderation.verdicts.provenance import Told
from moderation.verdicts.services import Said


def picture(width: int = 64, height: int = 48, *, format_: str = "PNG", shade: int = 0, **options: Any) -> bytes:
    """Return the bytes of a small picture; another ``shade`` makes other bytes."""
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    image.paste((shade % 256, 80, 160), (0, 0, width // 2, height // 2))
    buffer = io.BytesIO()
    image.save(buffer, format_, **options)
    return buffer.getvalue()


class ClientFactory(DjangoModelFactory[Client]):
    class Meta:
        model = Client

    name = factory.Sequence(lambda n: f"Client {n}")
    slug = factory.Sequence(lambda n: f"client-{n}")


class PersonFactory(DjangoModelFactory[Person]):
    class Meta:
        model = Person
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person{n}")


def person(role: Role | None = None, **fields: Any) -> Person:
    """Return a person with a role, whose password is ``password``."""
    made = PersonFactory.create(**fields)
    made.set_password("password")
    made.save()
    if role:
        made.groups.add(Group.objects.get_or_create(name=role)[0])
    return made


def key(client: Client | None = None, scopes: list[str] | None = None) -> tuple[ApiKey, str]:
    """Return a key and its secret; every scope unless some are named."""
    chosen = list(Scope) if scopes is None else scopes
    return clients.create_key(client or ClientFactory.create(), "test", chosen, actor="test")


class ModelVersionFactory(DjangoModelFactory[ModelVersion]):
    class Meta:
        model = ModelVersion

    role = "general"
    name = factory.SelfAttribute("role")
    version = "1.0.0"
    location = factory.LazyAttribute(lambda model: f"shipped:{model.role}")
    weights_sha256 = factory.Sequence(lambda n: hashlib.sha256(str(n).encode()).hexdigest())
    state = ModelState.IN_SERVICE


class StoredImageFactory(DjangoModelFactory[StoredImage]):
    class Meta:
        model = StoredImage

    client = factory.SubFactory(ClientFactory)
    sha256 = factory.Sequence(lambda n: hashlib.sha256(f"image {n}".encode()).hexdigest())
    media_type = "image/png"
    bytes = 100
    width = 64
    height = 48
    path = factory.LazyAttribute(lambda image: path_of(image.client, image.sha256))


class SubmissionFactory(DjangoModelFactory[Submission]):
    class Meta:
        model = Submission

    client = factory.SubFactory(ClientFactory)
    image = factory.SubFactory(StoredImageFactory, client=factory.SelfAttribute("..client"))
    source = Source.API


class WorkFactory(DjangoModelFactory[Work]):
    class Meta:
        model = Work

    submission = factory.SubFactory(SubmissionFactory)


class EventFactory(DjangoModelFactory[Event]):
    class Meta:
        model = Event

    client = factory.SubFactory(ClientFactory)
    type = "submission.analysed"
    subject = factory.Sequence(lambda n: f"sub_{n}")
    body = factory.LazyAttribute(
        lambda event: {"type": event.type, "timestamp": "2026-11-21T09:00:00.000000Z", "data": {"id": event.subject}}
    )


def stored(submission: Submission, data: bytes) -> Submission:
    """Put ``data`` where the submission's image says that it lies."""
    default_storage.save(submission.picture.path, ContentFile(data))
    return submission


def told(trust: str = "forgeable", suggests: str = "nothing", kind: str = "software", **details: Any) -> Told:
    """Return one thing that a file says of its origin."""
    summary = f"{kind} says {suggests}."
    return {"kind": kind, "trust": trust, "suggests": suggests, "summary": summary, "details": details}


def said(probability: float, role: str = "general", box: list[int] | None = None) -> Said:
    """Return what the model in service for ``role`` says, made where there is none."""
    model = ModelVersion.objects.filter(role=role, state=ModelState.IN_SERVICE).first()
    return Said(model=model or ModelVersionFactory.create(role=role), probability=probability, score=0.0, box=box)
