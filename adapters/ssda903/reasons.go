package ssda903

import "strings"

// reasonOf says a rule of this package in a sentence. The rules of the domain
// and of validation say themselves by their names.
func reasonOf(rule string) string {
	switch rule {
	case "encoding":
		return "The file is not UTF-8; it is read as windows-1252."
	case "encoding-utf-16":
		return "The file is UTF-16, and is read so; the return is UTF-8."
	case "separator":
		return "The cells are separated by semicolons or tabs, and are read so; the return has commas."
	case "lines-before":
		return "Lines stand above the names of the columns; they are not recorded."
	case "empty-row":
		return "All cells of the row are empty; it says nothing, and nothing of it is recorded."
	case "not-read":
		return "Only files whose name ends in .csv are read, and no folders in the folder; nothing of it is recorded."
	case "empty-file":
		return "The file is empty."
	case "unknown-table":
		return "The file is none of the return's tables; its rows are kept as they stand."
	case "no-children":
		return "The file has no column CHILD, so nothing in it belongs to a child; nothing of it is recorded."
	case "unknown-column":
		return "The table has no such column; its cells are kept as they stand."
	case "missing-column":
		return "The table lacks this column; its cells are taken as empty."
	case "too-few-cells":
		return "The row has fewer cells than the table columns; the rest is taken as empty."
	case "not-a-date":
		return "The text is no date of the form DD/MM/YYYY; it is kept with the flag."
	case "date-of-another-form":
		return "The date is not of the form DD/MM/YYYY; it is understood, and kept with the flag."
	case "after-reference-date":
		return "The day lies after the end of the collection year."
	case "not-a-yes-or-no":
		return "The text is neither 0 nor 1; it is kept with the flag."
	case "number-with-fraction":
		return "The number bears a fraction of nothing; it is understood and kept with the flag."
	case "code-of-another-year":
		return "The code belongs to another year; it is understood and kept with the flag."
	case "date-inferred":
		return "The return gives no day for this; the nearest stated day is taken."
	case "no-place":
		return "The ledger has no place for this; it is kept with the flag."
	case "differs-from-header":
		return "The table says otherwise than the header, which counts; the text is kept with the flag."
	case "differs-from-decision":
		return "The day is not that of the decision on adoption; it is kept with the flag."
	case "not-in-header":
		return "The child is in no row of the header."
	case "no-child-number":
		return "The row bears no number of a child."
	case "duplicate-row":
		return "The table holds the same row twice."
	case "stated-twice":
		return "The return states this twice; the first statement counts and this one is kept as it stands."
	case "later-return-states-otherwise":
		return "A return with a later reference date says otherwise; this statement is kept aside."
	case "withdrawn-by-later-return":
		return "An earlier return stated this and a later one, which carries the same part, does not."
	case "not-recorded":
		return "The ledger would not take the child's events."
	case "required":
		return "The return requires this."
	}
	if strings.HasPrefix(rule, "code=") {
		return "The code is not in the set that was in force on that day; it is kept as it stands."
	}
	return "The cell breaks the rule named; it is kept as it stands."
}
