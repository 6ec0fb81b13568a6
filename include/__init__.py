"""The hub itself: vocabulary, stores, use cases, the `hub` command and the sandbox."""
