"""Read-only views: explore, charts, exports. The room is built by the issue on the workbench."""
