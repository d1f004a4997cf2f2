package policy

import "caseledger/domain"

// weight is how many points a case is, in the authority's own view.
type weight struct {
	plan        string // what the child has: see Weight
	points      int
	from, until domain.Date
}

// onePoint is the weight of a case where the authority has no view of its own.
const onePoint = 1

// Weight returns how many points a case is on a day, by what the child has:
// protection-plan, temporary-registration, looked-after, cin-plan,
// private-fostering, care-leaver, none. No nation weighs cases; an authority may,
// in its local rules.
func (p Pack) Weight(plan string, on domain.Date) int {
	for _, w := range p.weights {
		if w.plan == plan && inForce(w.from, w.until, on) {
			return w.points
		}
	}
	return onePoint
}
