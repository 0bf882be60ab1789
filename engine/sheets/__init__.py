"""Tables as Excel and WPS write them. The only speaker of openpyxl.

What comes in is untrusted: its size is known before it is unpacked, no formula is computed, no
outer reference followed. What goes out can not start a formula on the reader's machine.
"""
