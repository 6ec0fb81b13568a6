"""Writing to NEO, decided: which rows and columns would change, which wait, and why. Pure; nothing is sent here."""
