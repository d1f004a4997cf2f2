package ssda903

import (
	"slices"
	"strings"
)

// table is one table of the return.
type table struct {
	name    string // as flags and traces name it
	file    string // as it is written
	columns []string
}

// The names of the tables.
const (
	atHeader     = "header"
	atEpisodes   = "episodes"
	atReviews    = "reviews"
	atUASC       = "uasc"
	atOC2        = "oc2"
	atOC3        = "oc3"
	atAD1        = "ad1"
	atPlaced     = "placed_for_adoption"
	atPermanence = "previous_permanence"
	atMissing    = "missing"
	atWorkers    = "sw_episodes"
	atLiberty    = "dolo"
)

// tables returns the tables of the return in the order in which they are
// written.
func tables() []table {
	return []table{
		{atHeader, "header.csv", split("CHILD SEX DOB ETHNIC UPN MOTHER MC_DOB")},
		{atEpisodes, "episodes.csv", split("CHILD DECOM RNE LS CIN PLACE PLACE_PROVIDER DEC REC REASON_PLACE_CHANGE HOME_POST PL_POST URN")},
		{atReviews, "reviews.csv", split("CHILD DOB REVIEW REVIEW_CODE")},
		{atUASC, "uasc.csv", split("CHILD SEX DOB DUC")},
		{atOC2, "oc2.csv", split("CHILD DOB SDQ_SCORE SDQ_REASON CONVICTED HEALTH_CHECK IMMUNISATIONS TEETH_CHECK HEALTH_ASSESSMENT SUBSTANCE_MISUSE INTERVENTION_RECEIVED INTERVENTION_OFFERED")},
		{atOC3, "oc3.csv", split("CHILD DOB IN_TOUCH ACTIV ACCOM")},
		{atAD1, "ad1.csv", split("CHILD DOB DATE_INT DATE_MATCH FOSTER_CARE NB_ADOPTR SEX_ADOPTR LS_ADOPTR")},
		{atPlaced, "placed_for_adoption.csv", split("CHILD DOB DATE_PLACED DATE_PLACED_CEASED REASON_PLACED_CEASED")},
		{atPermanence, "previous_permanence.csv", split("CHILD DOB PREV_PERM LA_PERM DATE_PERM")},
		{atMissing, "missing.csv", split("CHILD DOB MISSING MIS_START MIS_END")},
		{atWorkers, "sw_episodes.csv", split("CHILD DOB SW_ID SW_DECOM SW_DEC SW_REASON")},
		{atLiberty, "dolo.csv", split("CHILD DOB DOLO_START DOLO_END")},
	}
}

func split(columns string) []string { return strings.Fields(columns) }

// recognise returns the table that a file is: the one with the same columns, in
// any order; else the one of whose columns it has all; else the one that its
// name says; else the one of whose own columns it has at least half.
func recognise(file string, columns []string) (table, bool) {
	all := tables()
	for _, t := range all {
		if len(t.columns) == len(columns) && hasAll(columns, t.columns) {
			return t, true
		}
	}
	for _, t := range all {
		if hasAll(columns, t.columns) {
			return t, true
		}
	}
	for _, t := range all {
		if strings.EqualFold(file, t.file) {
			return t, true
		}
	}
	for _, t := range all {
		if t.hasHalf(columns) {
			return t, true
		}
	}
	return table{}, false
}

// hasHalf reports whether at least half of the table's own columns are among
// some: those that only this table has.
func (t table) hasHalf(columns []string) bool {
	own, found := 0, 0
	for _, c := range t.columns {
		if c == "CHILD" || c == "DOB" || c == "SEX" {
			continue
		}
		own++
		if slices.Contains(columns, c) {
			found++
		}
	}
	return 2*found >= own
}

// named reports whether a file has the name of a table.
func named(file string) bool {
	return slices.ContainsFunc(tables(), func(t table) bool { return strings.EqualFold(file, t.file) })
}

func hasAll(columns, wanted []string) bool {
	for _, c := range wanted {
		if !slices.Contains(columns, c) {
			return false
		}
	}
	return true
}
