"""Open data of datos.gov.co as Socrata serves it (SODA 2.1), with one dataset: the company registry."""

from include.sandbox.soda.app import create_soda_app
from include.sandbox.soda.dataset import Dataset

__all__ = ["Dataset", "create_soda_app"]
