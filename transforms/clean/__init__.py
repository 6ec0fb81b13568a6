"""Value-level cleaning: text, company and person names, places, phones, mail addresses, numbers.

One value in, one value out, never an exception. What an identifier means is in `transforms.identifiers`.
"""
