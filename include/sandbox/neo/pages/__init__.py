"""NEO as an advisor sees it: sign-in, list of accounts, the 360° record. Spanish, server-rendered, read-only."""
