package domain_test

import (
	"reflect"
	"slices"
	"testing"

	"caseledger/domain"
)

func TestARefusalNamesEveryBrokenRuleAndNoOther(t *testing.T) {
	err := domain.Refuse(
		domain.Rule{Name: "a", Reason: "A.", Broken: true},
		domain.Rule{Name: "b", Reason: "B."},
		domain.Rule{Name: "c", Reason: "C.", Broken: true})
	want := domain.Refusals{{Rule: "a", Reason: "A."}, {Rule: "c", Reason: "C."}}
	if !reflect.DeepEqual(err, want) || err.Error() != "a: A.; c: C." {
		t.Errorf("%v", err)
	}
}

func TestWhereAllRulesHoldThereIsNoError(t *testing.T) {
	if err := domain.Refuse(domain.Rule{Name: "a"}); err != nil {
		t.Errorf("%v", err)
	}
	if err := domain.Refuse(); err != nil {
		t.Errorf("%v", err)
	}
}

func TestUpsertLeavesTheGivenListAsItWas(t *testing.T) {
	list := make([]int, 2, 10)
	set := func(is, to int) []int {
		return domain.Upsert(list, func(n *int) bool { return *n == is }, func(n *int) { *n = to })
	}
	list[0], list[1] = 1, 2
	changed, grown, other := set(2, 7), set(9, 8), set(9, 9)
	if !slices.Equal(list, []int{1, 2}) || !slices.Equal(changed, []int{1, 7}) || !slices.Equal(grown, []int{1, 2, 8}) || !slices.Equal(other, []int{1, 2, 9}) {
		t.Errorf("%v %v %v %v", list, changed, grown, other)
	}
	if got := domain.Upsert(nil, func(*int) bool { return true }, func(n *int) { *n = 3 }); !slices.Equal(got, []int{3}) {
		t.Errorf("%v", got)
	}
}
