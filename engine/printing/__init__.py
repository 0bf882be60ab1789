"""Lays sheets out: the only speaker of WeasyPrint and python-docx. Doors: `pdf`, `docx`."""

from engine.printing.layout import pdf
from engine.printing.word import docx

__all__ = ["docx", "pdf"]
