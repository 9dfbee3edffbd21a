"""From other people's archives to packs, and whether a pack is fit to measure by."""
