"""The renderer as a test instrument: figures -> a page in a drawn layout -> read back.

Built on the sample portal's official forms. A layout is a record of irregularities, each of them a plain named function that
takes forms, cells or text and makes of them what some portal has been seen to make.
"""
