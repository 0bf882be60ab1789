"""The papers of a document on its way (05 文书): filled from what happened, never typed again.

Where silence was recorded a sheet says so in full, with a dash for the signature; a box in which
nobody has written stays empty.
"""

from engine.procedure import Paper
from processes.shared.papers.asking import countersign_sheet, dispute_table, opinion_table
from processes.shared.papers.handling import handling_slip, return_slip
from processes.shared.papers.law import legal_opinion
from processes.shared.papers.signed import signing_record

PAPERS = (
    Paper("doc_handling_slip", "公文处理单", handling_slip),
    Paper("return_slip", "退文单", return_slip, editable=True),
    Paper("countersign_sheet", "会签单", countersign_sheet),
    Paper("opinion_table", "意见采纳情况表", opinion_table, editable=True),
    Paper("dispute_table", "分歧意见对照表", dispute_table, editable=True),
    Paper("legal_opinion", "合法性审核意见书", legal_opinion, editable=True),
    Paper("signing_record", "签批存证单", signing_record),
)

__all__ = ["PAPERS"]
