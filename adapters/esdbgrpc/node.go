package esdbgrpc

import (
	"context"
	"net"
	"strconv"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"

	"caseledger/eventstore"
)

// version is that of the EventStoreDB server whose protocol is spoken.
const version = "24.10.0"

// gossipService tells of a cluster of one, which leads.
type gossipService struct {
	gossip.UnimplementedGossipServer
	*Server
}

// node is the id of the one node: there is never another to tell it from.
const node = "caseledger-node1"

func (s gossipService) Read(context.Context, *shared.Empty) (*gossip.ClusterInfo, error) {
	host, port, err := net.SplitHostPort(*s.advertised.Load())
	if err != nil {
		return nil, invalid("the server's advertised address is not host:port")
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return nil, invalid("the server's advertised port is no number")
	}
	return &gossip.ClusterInfo{Members: []*gossip.MemberInfo{{
		InstanceId: uuid(eventstore.EventID([]byte(node)), false), State: gossip.MemberInfo_Leader, IsAlive: true,
		HttpEndPoint: &gossip.EndPoint{Address: host, Port: uint32(number)},
	}}}, nil
}

type featuresService struct {
	serverfeatures.UnimplementedServerFeaturesServer
}

func (featuresService) GetSupportedMethods(context.Context, *shared.Empty) (*serverfeatures.SupportedMethods, error) {
	const (
		streams = "event_store.client.streams.streams"
		groups  = "event_store.client.persistent_subscriptions.persistentsubscriptions"
	)
	out := &serverfeatures.SupportedMethods{EventStoreServerVersion: version}
	add := func(service, method string, features ...string) {
		out.Methods = append(out.Methods, &serverfeatures.SupportedMethod{ServiceName: service, MethodName: method, Features: features})
	}
	add(streams, "append")
	add(streams, "batchappend", "deadline_duration")
	add(streams, "delete")
	add(streams, "tombstone")
	add(streams, "read", "position", "events")
	add(groups, "create", "stream", "all")
	add(groups, "update", "stream", "all")
	add(groups, "delete", "stream", "all")
	add(groups, "read", "stream", "all")
	add(groups, "getinfo", "stream", "all")
	add(groups, "replayparked", "stream", "all")
	add(groups, "list", "stream", "all")
	add(groups, "restartsubsystem")
	add("event_store.client.gossip.gossip", "read")
	add("event_store.client.server_features.serverfeatures", "getsupportedmethods")
	return out, nil
}
