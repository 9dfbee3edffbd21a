"""The webhook part of the API (HTTP.md, "Keys, endpoints, events")."""
