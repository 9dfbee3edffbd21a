"""Endpoint, Delivery and Attempt: tell the events to the outside."""
