"""Keys and callers as the API shows them: what :mod:`moderation.clients.presentation` renders."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from moderation.clients.models import Role, Scope

KEY_EXAMPLE = {
    "id": "key_01m7zk7e3qej09wa75sv60c45a",
    "name": "production",
    "scopes": ["submit", "read"],
    "requests_per_minute": 6000,
    "created_at": "2026-11-21T09:00:00Z",
    "expires_at": None,
    "last_used_at": "2026-11-21T10:12:00Z",
    "old_secrets": [],
}


class OldSecretSchema(serializers.Serializer[Any]):
    """A secret of before a rotation that is still good."""

    expires_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)


@extend_schema_serializer(examples=[OpenApiExample("A key", KEY_EXAMPLE)])
class KeySchema(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    scopes = serializers.ListField(child=serializers.ChoiceField(Scope.choices))
    requests_per_minute = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="of the present secret, to the minute")
    old_secrets = OldSecretSchema(many=True)


@extend_schema_serializer(examples=[OpenApiExample("A key with its secret", {**KEY_EXAMPLE, "secret": "ask_..."})])
class KeyWithSecretSchema(KeySchema):
    secret = serializers.CharField(
        allow_null=True, help_text="in this answer only; null where an Idempotency-Key replays it"
    )


class KeyPageSchema(serializers.Serializer[Any]):
    results = KeySchema(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class ClientSchema(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()


class PersonSchema(serializers.Serializer[Any]):
    name = serializers.CharField()
    roles = serializers.ListField(child=serializers.ChoiceField(Role.choices))


class LimitSchema(serializers.Serializer[Any]):
    policy = serializers.CharField(help_text="client, key or address")
    requests = serializers.IntegerField()
    seconds = serializers.IntegerField()
    remaining = serializers.IntegerField()
    resets_in = serializers.IntegerField(help_text="seconds")


class MeSchema(serializers.Serializer[Any]):
    """Who calls, what they may do and how often."""

    client = ClientSchema(allow_null=True)
    key = KeySchema(allow_null=True)
    person = PersonSchema(allow_null=True)
    scopes = serializers.ListField(child=serializers.ChoiceField(Scope.choices))
    limits = LimitSchema(many=True)
