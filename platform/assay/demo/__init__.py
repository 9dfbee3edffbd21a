"""``make demo``: the whole platform on one machine, with people, clients and sample images."""
