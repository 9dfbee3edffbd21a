"""The outbox: a fact and its event are one transaction; the dispatcher hands events to consumers."""
