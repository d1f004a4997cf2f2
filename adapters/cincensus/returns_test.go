package cincensus_test

import (
	"fmt"
	"strings"
)

// message is a return with the given children.
func message(year int, children ...string) string {
	return fmt.Sprintf(`<?xml version="1.0" encoding="UTF-8"?>
<Message>
<Header><CollectionDetails><Collection>CIN</Collection><Year>%d</Year><ReferenceDate>%d-03-31</ReferenceDate></CollectionDetails>
<Source><SourceLevel>L</SourceLevel><LEA>201</LEA></Source></Header>
<Children>
%s
</Children>
</Message>
`, year, year, strings.Join(children, "\n"))
}

// childOf is a made-up child; what is given is added to the identifiers, to
// the characteristics and to the one episode.
func childOf(identifiers, characteristics, episode string) string {
	if !strings.Contains(identifiers, "<LAchildID>") {
		identifiers = "<LAchildID>ANY1</LAchildID>" + identifiers
	}
	if !strings.Contains(identifiers, "BirthDate>") {
		identifiers += "<PersonBirthDate>2014-05-06</PersonBirthDate>"
	}
	if !strings.Contains(identifiers, "<Sex>") && !strings.Contains(identifiers, "<GenderCurrent>") {
		identifiers += "<GenderCurrent>1</GenderCurrent>"
	}
	if !strings.Contains(characteristics, "<Ethnicity>") {
		characteristics = "<Ethnicity>WBRI</Ethnicity>" + characteristics
	}
	if !strings.Contains(episode, "<ReferralNFA>") {
		episode += "<ReferralNFA>0</ReferralNFA>"
	}
	if !strings.Contains(episode, "<CINreferralDate>") {
		episode = "<CINreferralDate>2021-06-01</CINreferralDate>" + episode
	}
	if !strings.Contains(episode, "<ReferralSource>") {
		episode = "<ReferralSource>1A</ReferralSource>" + episode
	}
	return fmt.Sprintf("<Child>\n<ChildIdentifiers>%s</ChildIdentifiers>\n<ChildCharacteristics>%s</ChildCharacteristics>\n<CINdetails>\n%s\n</CINdetails>\n</Child>",
		identifiers, characteristics, episode)
}

func oneChild(year int, identifiers, episode string) string {
	return message(year, childOf(identifiers, "", episode))
}
