package inbound

import (
	"errors"
	"fmt"
	"slices"

	"caseledger/adapters/kafka"
	"caseledger/domain"
	"caseledger/eventstore"
	"caseledger/schema"
)

// Inbox is a topic that a partner writes commands to.
type Inbox struct {
	Topic     string    `json:"topic"`
	Group     string    `json:"group"`              // the consumer group that we read it as
	Replies   string    `json:"replies"`            // topic of what became of each message
	Poison    string    `json:"poison"`             // topic of what nobody can be answered about
	PerSecond int64     `json:"perSecond,omitzero"` // messages at most; 100
	Partner   Partner   `json:"partner"`
	Agreement Agreement `json:"agreement"`
}

// Partner is who writes to an inbox: the broker lets nobody else write to it.
type Partner struct {
	ID     string `json:"id" validate:"required,max=80,printascii,excludes=/"`
	Role   string `json:"role" validate:"required,max=100,printascii"`
	Agency string `json:"agency" validate:"required,max=100,printascii"`
}

// Agreement is the sharing agreement under which a partner's messages are
// taken: which acts, on which legal basis, for which purpose, and when.
type Agreement struct {
	ID       string      `json:"id" validate:"required,max=28,printascii"`
	Basis    string      `json:"basis" validate:"required,max=60,printascii"`
	Purpose  string      `json:"purpose" validate:"required,max=100,printascii"`
	From     domain.Date `json:"from" validate:"required"`
	Until    domain.Date `json:"until" validate:"required"` // the last day
	Commands []string    `json:"commands" validate:"required,min=1,max=200,dive,required"`
	Sources  []string    `json:"sources" validate:"required,min=1,max=100,dive,required,max=200"` // of its CloudEvents
}

// check says what is wrong with a configuration.
func (i Inbox) check() error {
	for _, name := range []string{i.Topic, i.Replies, i.Poison} {
		if !kafka.TopicName(name) {
			return errors.New("inbound: an inbox has a topic, one for replies and one for poison")
		}
	}
	if i.Topic == i.Replies || i.Topic == i.Poison || i.Group == "" || i.PerSecond < 0 {
		return fmt.Errorf("inbound: topic %s: it needs a group, and other topics for replies and poison", i.Topic)
	}
	for _, part := range []any{i.Partner, i.Agreement} {
		if err := eventstore.Validate(part); err != nil {
			return fmt.Errorf("inbound: topic %s: %w", i.Topic, err)
		}
	}
	known := make(map[string]bool)
	for _, c := range schema.Commands() {
		known[c.Name] = true
	}
	for _, name := range i.Agreement.Commands {
		if !known[name] {
			return fmt.Errorf("inbound: topic %s: there is no command %q", i.Topic, name)
		}
	}
	return nil
}

// authority is what every entry says of why it was made.
func (a Agreement) authority() domain.Authority {
	return domain.Authority{Basis: a.Basis + "; agreement " + a.ID, Purpose: a.Purpose}
}

// allows says which rule of the agreement forbids a message, or nothing.
func (a Agreement) allows(m request, today domain.Date) error {
	return domain.Refuse(
		domain.Rule{Broken: today.Before(a.From) || a.Until.Before(today), Name: "agreement-not-in-force", Reason: "The sharing agreement is not in force today."},
		domain.Rule{Broken: !slices.Contains(a.Sources, m.source), Name: "source-not-agreed", Reason: "The sharing agreement does not name this source."},
		domain.Rule{Broken: !slices.Contains(a.Commands, m.name), Name: "command-not-agreed", Reason: "The sharing agreement does not name this command."},
	)
}
