"""The golden record: reading the fields of every source, and letting one value of each field survive.

Which value survives is decided by `survivorship.yml`. Whether two records belong together is `transforms.resolve`.
"""
