// Package asyncapi describes what the ledger sends and takes in by itself: the
// feed, the topics of Kafka and webhooks, as AsyncAPI 3.0. The description is made
// of the catalogues of events and commands; the package sends nothing.
package asyncapi

import (
	"fmt"
	"reflect"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caseledger/adapters/feed"
	"caseledger/adapters/kafka/inbound"
	"caseledger/schema"
)

// node is an object of the description.
type node = map[string]any

// Document returns the description, as JSON.
func Document() ([]byte, error) {
	d := document{messages: node{}, schemas: node{}}
	if err := d.describe(); err != nil {
		return nil, fmt.Errorf("asyncapi: %w", err)
	}
	return json.Marshal(node{
		"asyncapi": "3.0.0",
		"info": node{"title": "Caseledger", "version": "1", "license": node{"name": "MIT"},
			"description": "What the ledger of social-care records says by itself, and what it takes in. The feed and webhooks say that something was recorded, and not what."},
		"defaultContentType": "application/json",
		"servers": node{
			"api": node{"host": "{host}", "protocol": "https", "description": "The HTTP API.", "variables": node{"host": node{"default": "localhost:8080"}},
				"security": []node{{"type": "http", "scheme": "bearer"}}},
			"brokers": node{"host": "{host}", "protocol": "kafka", "description": "The brokers that the operator names.", "variables": node{"host": node{"default": "localhost:9092"}}},
		},
		"channels":   d.channels(),
		"operations": operations(),
		"components": node{"messages": d.messages, "schemas": d.schemas},
	}, json.Deterministic(true))
}

// document gathers messages and schemas, and which messages are of which kind.
type document struct {
	messages, schemas       node
	notices, open, commands node
	webhooks                node
}

func ref(to string) node { return node{"$ref": "#/" + to} }

// describe makes the components.
func (d *document) describe() error {
	d.notices, d.open, d.commands = node{}, node{}, node{}
	notice, err := schema.RowSchema(reflect.TypeFor[schema.Notice]())
	if err != nil {
		return err
	}
	d.schemas["Notice"] = jsontext.Value(notice)
	for _, t := range schema.Events() {
		if err := d.event(t); err != nil {
			return err
		}
	}
	for _, c := range schema.Commands() {
		if err := d.command(c); err != nil {
			return err
		}
	}
	return d.others()
}

// event describes the notice of an event, and the message that holds some of
// what it says.
func (d *document) event(t schema.EventType) error {
	kind := node{"const": "caseledger." + t.Name}
	d.add(d.notices, "notice."+t.Name, node{"name": "caseledger." + t.Name, "title": t.Name, "summary": t.Text, "contentType": feed.MediaType,
		"payload": node{"allOf": []any{ref("components/schemas/Notice"), node{"properties": node{"type": kind}}}}})
	text, err := schema.EventSchema(t)
	if err != nil {
		return err
	}
	content, err := loose(text)
	if err != nil {
		return fmt.Errorf("event %s: %w", t.Name, err)
	}
	headers := kafkaHeaders(kind)
	headers["properties"].(node)["ce_dataschema"] = node{"const": "urn:caseledger:event:" + t.String()}
	d.add(d.open, "open."+t.Name, node{"name": "caseledger." + t.Name, "title": t.Name, "summary": t.Text, "contentType": "application/json",
		"headers": headers, "payload": content, "bindings": keyed})
	return nil
}

func (d *document) command(c schema.Command) error {
	text, err := schema.CommandSchema(c)
	if err != nil {
		return err
	}
	body, err := members(text)
	if err != nil {
		return fmt.Errorf("command %s: %w", c.Name, err)
	}
	word := node{"type": "string", "minLength": 1, "maxLength": 100}
	d.add(d.commands, "command."+c.Name, node{"name": "caseledger.command." + c.Name, "title": c.Name, "summary": c.Text, "contentType": "application/json",
		"headers": node{"type": "object", "required": []string{"ce_specversion", "ce_id", "ce_source", "ce_type"}, "properties": node{
			"ce_specversion": node{"const": "1.0"}, "ce_id": word, "ce_source": word, "ce_type": node{"const": "caseledger.command." + c.Name},
			"ce_subject":  node{"type": "string", "description": "The record; none of a person.register, which opens one."},
			"ce_revision": node{"type": "string", "description": "The revision of the record on which the act insists."}}},
		"payload": body})
	return nil
}

// others describes the messages of which there is one.
func (d *document) others() error {
	d.webhooks = node{}
	word := node{"type": "string"}
	d.add(d.webhooks, "webhook.notice", node{"title": "Notice to a subscriber", "summary": "Something was recorded; signed as Standard Webhooks has it.", "contentType": feed.MediaType,
		"headers": node{"type": "object", "required": []string{"webhook-id", "webhook-timestamp", "webhook-signature"}, "properties": node{
			"webhook-id": word, "webhook-timestamp": node{"type": "string", "pattern": "^[0-9]+$"}, "webhook-signature": word}},
		"payload": ref("components/schemas/Notice")})
	every := kafkaHeaders(node{"type": "string", "pattern": `^caseledger\.`})
	d.messages["kafka.notice"] = node{"title": "Notice", "summary": "Something was recorded.", "headers": every,
		"payload": node{"type": "string", "maxLength": 0}, "contentType": "application/octet-stream", "bindings": keyed}
	sealed := kafkaHeaders(node{"type": "string", "pattern": `^caseledger\.`})
	sealed["properties"].(node)["leaf"] = node{"type": "string", "description": "The signed text that commits to the ciphertext."}
	d.messages["kafka.sealed"] = node{"title": "Sealed event", "summary": "Something was recorded: its ciphertext.", "headers": sealed,
		"payload": node{"type": "string", "format": "binary"}, "contentType": "application/octet-stream", "bindings": keyed}
	d.messages["kafka.row"] = node{"title": "Row", "summary": "A row of a read model as it is now; null when it has gone.",
		"headers":  node{"type": "object", "properties": node{"schema": node{"type": "string", "description": "Which JSON Schema the row has."}}},
		"payload":  node{"type": []string{"object", "null"}},
		"bindings": node{"kafka": node{"key": node{"type": "object"}, "bindingVersion": "0.5.0"}}}
	reply, err := schema.RowSchema(reflect.TypeFor[inbound.Reply]())
	if err != nil {
		return err
	}
	for name, what := range map[string]string{"accepted": "The command was performed.", "refused": "The command was refused: every rule against it."} {
		d.messages["reply."+name] = node{"name": "caseledger.reply." + name, "title": name, "summary": what, "contentType": "application/json", "payload": jsontext.Value(reply),
			"headers":       node{"type": "object", "properties": node{"ce_type": node{"const": "caseledger.reply." + name}, "correlation_id": node{"type": "string"}}},
			"correlationId": node{"location": "$message.header#/correlation_id"}}
	}
	return nil
}

func (d *document) add(to node, name string, message node) {
	d.messages[name] = message
	to[name] = ref("components/messages/" + name)
}

// keyed is the binding of messages whose key is their record.
var keyed = node{"kafka": node{"key": node{"type": "string", "pattern": "^[0-9a-f]{32}$", "description": "The record."}, "bindingVersion": "0.5.0"}}

func kafkaHeaders(kind node) node {
	digits := node{"type": "string", "pattern": "^[0-9]+$"}
	return node{"type": "object", "required": []string{"ce_specversion", "ce_id", "ce_source", "ce_type", "ce_subject", "ce_time", "ce_position", "ce_revision"}, "properties": node{
		"ce_specversion": node{"const": "1.0"}, "ce_id": node{"type": "string", "pattern": "^[0-9a-f]{32}$"}, "ce_source": node{"type": "string"}, "ce_type": kind,
		"ce_subject": node{"type": "string", "pattern": "^record-"}, "ce_time": node{"type": "string", "format": "date-time"}, "ce_position": digits, "ce_revision": digits}}
}

// members reads an object's schema without what names it elsewhere.
func members(text []byte) (map[string]jsontext.Value, error) {
	var s map[string]jsontext.Value
	err := json.Unmarshal(text, &s)
	delete(s, "$id")
	delete(s, "$schema")
	return s, err
}

// loose is members of an object of which any member can be missing.
func loose(text []byte) (map[string]jsontext.Value, error) {
	s, err := members(text)
	delete(s, "required")
	return s, err
}

func only(names ...string) node {
	out := node{}
	for _, name := range names {
		out[name] = ref("components/messages/" + name)
	}
	return out
}

func (d *document) channels() node {
	api, brokers := []node{ref("servers/api")}, []node{ref("servers/brokers")}
	topic := node{"topic": node{"description": "As the operator names it."}}
	onTopic := func(title, what string, messages node) node {
		return node{"address": "{topic}", "title": title, "description": what, "servers": brokers, "parameters": topic, "messages": messages}
	}
	return node{
		"feed":       node{"address": "/v1/feed", "title": "Feed", "description": "Notices, in pages, or as a batch of CloudEvents.", "servers": api, "messages": d.notices},
		"stream":     node{"address": "/v1/feed/stream", "title": "Stream", "description": "Notices as server-sent events: data is the notice, id its position.", "servers": api, "messages": d.notices},
		"webhook":    node{"address": "{url}", "title": "Webhook", "description": "A subscriber's own server.", "parameters": node{"url": node{"description": "As the operator enters it."}}, "messages": d.webhooks},
		"notices":    onTopic("Notices on a topic", "That something was recorded; no personal data.", only("kafka.notice")),
		"sealed":     onTopic("Sealed events on a topic", "Ciphertexts, which a key opens.", only("kafka.sealed")),
		"open":       onTopic("Opened events on a topic", "The fields that the topic's policy names, and no others. Events of other types are notices.", d.open),
		"readModels": onTopic("A read model on a topic", "A compacted topic of the rows of a table.", only("kafka.row")),
		"inbox":      onTopic("Inbox", "Commands of a partner, as its agreement allows.", d.commands),
		"replies":    onTopic("Replies", "What became of each command.", only("reply.accepted", "reply.refused")),
	}
}

func operations() node {
	sends := func(channel, what string) node {
		return node{"action": "send", "channel": ref("channels/" + channel), "summary": what}
	}
	filter := node{"type": node{"type": "string"}, "record": node{"type": "string"}, "team": node{"type": "string"}, "after": node{"type": "integer", "minimum": 0}}
	get := node{"http": node{"method": "GET", "query": node{"type": "object", "properties": filter}, "bindingVersion": "0.3.0"}}
	feed, stream := sends("feed", "Answers with the notices after a position."), sends("stream", "Sends every notice after a position, and goes on.")
	feed["bindings"], stream["bindings"] = get, get
	post := sends("webhook", "Posts each notice that a subscription wants, until it is taken.")
	post["bindings"] = node{"http": node{"method": "POST", "bindingVersion": "0.3.0"}}
	return node{
		"postWebhook": post,
		"answerFeed":  feed, "sendStream": stream,
		"publishNotices": sends("notices", "Publishes a notice of each event."), "publishSealed": sends("sealed", "Publishes each event as it is stored."),
		"publishOpen": sends("open", "Publishes what a policy lets out."), "publishReadModel": sends("readModels", "Publishes each change of a row."),
		"takeCommand": node{"action": "receive", "channel": ref("channels/inbox"), "summary": "Performs a partner's command.", "reply": node{"channel": ref("channels/replies")}},
	}
}
