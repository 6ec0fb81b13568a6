"""The registration gate: what each pending registration deserves, and who answers for it. Pure functions.

`sector` derives a sector, `advisor` picks a person, `decide` decides; nothing is sent or written here.
"""
