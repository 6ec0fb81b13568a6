"""The two stores: the lake (what can be computed again) and the ledger (what cannot)."""
