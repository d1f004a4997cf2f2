package domain

// Attendee is somebody who came to a meeting, or was asked to and did not. A
// family member has a role ("mother") and no agency.
type Attendee struct {
	Name   string `json:"name,omitempty" validate:"max=200"`
	Role   string `json:"role" validate:"required,max=100"`
	Agency string `json:"agency,omitempty" validate:"max=100"`
}

// Action is something that a plan says somebody is to do by a day.
type Action struct {
	ID   string `json:"action" validate:"required,max=64,printascii"` // within the plan
	What string `json:"what" validate:"required,max=2000"`
	Who  string `json:"who" validate:"required,max=200"`
	By   Date   `json:"by,omitzero"`
	// Outcome is what will be different for the child when it is done.
	Outcome string `json:"outcome,omitempty" validate:"max=2000"`
}
