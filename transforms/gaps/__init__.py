"""Where demand goes unmet, what keeps it from supply that nearly fits, and what would unlock most of it.

Works on judged pairs (`transforms.matchmaking`); knows nobody by name, and a party outside the matching
because of SARLAFT does not exist here either.
"""
