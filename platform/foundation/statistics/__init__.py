"""Figures with what they are worth: shares, agreement and drift, each with its interval or its limit of chance."""
