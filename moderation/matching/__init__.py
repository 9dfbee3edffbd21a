"""Known images: exact and near hashes of what moderators decided. The room is built by the issue on the API."""
