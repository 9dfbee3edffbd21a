"""How well a bundle does, with intervals, by source, and after what happens to pictures in the world."""
