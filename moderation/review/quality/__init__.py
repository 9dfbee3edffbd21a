"""Whether people decide well: blind second reviews, known answers mixed in, and what the two say of a team."""
