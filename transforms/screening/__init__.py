"""Screening of names and numbers against lists: pure functions, no list is loaded and no case is kept here.

Reading order: `rules` (the sheet), `tokens` (a name as words), `phonetics` and `similarity` (word against word),
`rarity` (what a word is worth), `alignment` (name against name), `features` (the sentences an officer reads),
`index` (which entries are worth comparing), `engine` (subjects in, hits out).
"""
