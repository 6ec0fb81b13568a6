"""Parts of the registration stage: what is known of each registration, and the decisions as rows."""
