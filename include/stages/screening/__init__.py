"""Parts of the screening stage: lists in use, rarity, what to compare again, casework, result tables, one look-up."""
