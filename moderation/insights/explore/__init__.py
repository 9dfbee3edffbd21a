"""Every image ever submitted: found, sorted, looked at, chosen, taken along."""
