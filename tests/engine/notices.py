"""The State Council's notice of 2027 as an office would type it. Invented: the real one comes."""

from __future__ import annotations

NOTICE_2027 = """# 虚构的安排，供测试使用
年份,2027
文号,国办发明电〔2026〕99号
放假,元旦,2027-01-01,2027-01-03
放假,春节,2月5日,2月11日
上班,春节,2月13日,2月20日
放假,清明节,4月3日,4月5日
放假,劳动节,5月1日,5月5日
上班,劳动节,5月8日
放假,端午节,6月9日
放假,中秋节,9月15日
放假,国庆节,10月1日,10月7日
上班,国庆节,9月26日,10月9日
"""
LONGER_NEW_YEAR = NOTICE_2027.replace("2027-01-03", "2027-01-05").replace("99号", "100号")
