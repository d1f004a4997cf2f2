package esdbgrpc

import (
	"github.com/EventStore/EventStore-Client-Go/v4/protos/persistent"
)

type groupsService struct {
	persistent.UnimplementedPersistentSubscriptionsServer
	*Server
}
type groups struct{}

func openGroups(*Server, string) (*groups, error) { return &groups{}, nil }
func (*groups) close() error                      { return nil }
