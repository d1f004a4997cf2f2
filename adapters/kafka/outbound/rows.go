package outbound

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/go-json-experiment/json"

	"caseledger/adapters/kafka"
	"caseledger/domain"
	"caseledger/eventstore"
	"caseledger/projections"
)

// ReadModel is a table of the read models that is kept on a topic, which should
// be compacted: the key is a row's key, the value the row, and null when it has
// gone.
type ReadModel struct {
	Topic   string   `json:"topic"`
	Table   string   `json:"table"`
	Columns []string `json:"columns,omitempty"` // that leave, beside the key; all if none is given
	Basis   string   `json:"basis"`             // the legal basis and the purpose for which the
	Purpose string   `json:"purpose"`           // topic's readers may have them
}

const (
	maxRows   = 4_000_000 // of a table: 48 bytes of memory each, and the key
	rowsBatch = 500       // rows in one batch, which is one access

	leastRest = time.Second // between comparisons,
	restTimes = 10          // or so many times what the last one took

	// SchemaHeader names the JSON Schema of a row.
	SchemaHeader = "schema"
)

// A Registry keeps the schemas of topics. RegisterJSON returns what each value of
// the topic begins with.
type Registry interface {
	RegisterJSON(ctx context.Context, topic string, schema []byte) ([]byte, error)
}

// Rows keeps one table on its topic. The topic itself is the memory of what was
// published: it is read when Run begins, so that nothing can be lost between
// the two. Create it with NewRows.
type Rows struct {
	model     ReadModel
	table     projections.Table
	version   int
	columns   []int // of the table, that leave
	key       []int
	recordAt  int // column that names the record, or -1
	ledger    Ledger
	db        *projections.DB
	publisher message.Publisher
	topic     kafka.SubscriberConfig
	registry  Registry // or nil: a value is the row and nothing else

	known  map[string]published // by key; belongs to Run, as what follows
	round  uint32
	prefix []byte // of each value

	mu   sync.Mutex
	at   eventstore.Position
	last error
}

// published is what the topic holds under a key.
type published struct {
	digest [sha256.Size]byte
	round  uint32 // in which the row was last there
}

// NewRows returns a keeper of a table. cluster is where the topic is; registry is
// nil where there is none.
func NewRows(model ReadModel, ledger Ledger, db *projections.DB, publisher message.Publisher, cluster kafka.Cluster, registry Registry) (*Rows, error) {
	r := &Rows{model: model, ledger: ledger, db: db, publisher: publisher, registry: registry, recordAt: -1,
		topic: kafka.SubscriberConfig{Cluster: cluster}}
	if !kafka.TopicName(model.Topic) || model.Basis == "" || model.Purpose == "" {
		return nil, fmt.Errorf("outbound: read model %s: it needs a topic, a legal basis and a purpose", model.Table)
	}
	if ledger.Release == nil {
		return nil, errNoRelease
	}
	for _, p := range projections.All() {
		for _, t := range p.Tables {
			if t.Name == model.Table {
				r.table, r.version = t, p.Version
			}
		}
	}
	if r.version == 0 {
		return nil, fmt.Errorf("outbound: topic %s: there is no table %q", model.Topic, model.Table)
	}
	return r, r.choose()
}

// choose finds the columns that leave.
func (r *Rows) choose() error {
	for _, name := range r.model.Columns {
		if !slices.ContainsFunc(r.table.Columns, func(c projections.Column) bool { return c.Name == name }) {
			return fmt.Errorf("outbound: topic %s: table %s has no column %q", r.model.Topic, r.table.Name, name)
		}
	}
	for i, c := range r.table.Columns {
		isKey := slices.Contains(r.table.Key, c.Name)
		if isKey {
			r.key = append(r.key, i)
		}
		if isKey || len(r.model.Columns) == 0 || slices.Contains(r.model.Columns, c.Name) {
			r.columns = append(r.columns, i)
		}
		if c.Name == "record" {
			r.recordAt = i
		}
	}
	return nil
}

// Topic returns the topic's name.
func (r *Rows) Topic() string { return r.model.Topic }

// Position returns up to where the topic has the ledger, at least.
func (r *Rows) Position() eventstore.Position {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.at
}

// Health returns why the table is not kept up now, or nil.
func (r *Rows) Health() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}

func (r *Rows) remember(err error) (news bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	before := r.last
	r.last = err
	if before == nil || err == nil {
		return before != err
	}
	return before.Error() != err.Error()
}

// Run keeps the topic up until ctx ends: whenever the ledger has grown it
// compares the table with what was published, and spends at most a tenth of the
// time on that. upTo brings
// the read models up to date and returns the position that they hold. told is
// as for a Follower.
func (r *Rows) Run(ctx context.Context, upTo func(context.Context) (eventstore.Position, error), told func(topic string, err error)) {
	pause := leastPause
	for ctx.Err() == nil {
		began := time.Now()
		err := r.keep(ctx, upTo)
		if ctx.Err() != nil {
			return
		}
		if r.remember(err) {
			told(r.model.Topic, err)
		}
		wait := max(leastRest, restTimes*time.Since(began))
		if err != nil {
			wait, pause = pause, min(2*pause, mostPause)
			r.known = nil // what was published is asked of the topic again
		} else {
			pause = leastPause
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// keep compares once.
func (r *Rows) keep(ctx context.Context, upTo func(context.Context) (eventstore.Position, error)) error {
	if r.known == nil {
		if err := r.register(ctx); err != nil {
			return err
		}
		if err := r.recall(ctx); err != nil {
			return err
		}
	}
	at, err := upTo(ctx)
	if err != nil || at == r.Position() {
		return err
	}
	r.round++
	if err := r.publishChanged(ctx); err != nil {
		return err
	}
	if err := r.publishGone(ctx); err != nil {
		return err
	}
	r.mu.Lock()
	r.at = at
	r.mu.Unlock()
	return nil
}

// register registers the schema of a row where there is a registry. Another number
// of it changes every value, so that all rows are published again.
func (r *Rows) register(ctx context.Context) error {
	if r.registry == nil {
		return nil
	}
	text, err := RowSchema(r.table, r.version)
	if err != nil {
		return err
	}
	r.prefix, err = r.registry.RegisterJSON(ctx, r.model.Topic, text)
	return err
}

// recall reads what the topic holds.
func (r *Rows) recall(ctx context.Context) error {
	known := make(map[string]published)
	err := kafka.ReadTopic(ctx, r.topic, r.model.Topic, func(m *message.Message) error {
		key := m.Metadata[kafka.KeyMetadata]
		if m.Payload == nil {
			delete(known, key)
			return nil
		}
		if len(known) == maxRows {
			return errTooMany
		}
		known[key] = published{digest: sha256.Sum256(m.Payload)}
		return nil
	})
	if err != nil {
		return fmt.Errorf("outbound: topic %s: what was published cannot be read: %w", r.model.Topic, err)
	}
	r.mu.Lock()
	r.known, r.round, r.at = known, 0, 0
	r.mu.Unlock()
	return nil
}

var errTooMany = errors.New("there are too many rows to keep on a topic")

// change is a row that the topic does not hold as it is.
type change struct {
	key    string
	digest [sha256.Size]byte
	m      *message.Message
	record string
}

func (r *Rows) publishChanged(ctx context.Context) error {
	account := r.ledger.Account(r.release())
	kept, err := account.Kept(ctx)
	if err != nil {
		return err
	}
	var changed []change
	for row, err := range r.db.EachRow(ctx, r.table) {
		if err != nil {
			return err
		}
		if names(row, kept) || !account.Told(r.recordOf(row)) {
			continue // and what the topic holds of it goes
		}
		c, err := r.render(row)
		if err != nil {
			return err
		}
		was, there := r.known[c.key]
		if there && was.digest == c.digest {
			r.known[c.key] = published{was.digest, r.round}
			continue
		}
		if !there && len(r.known) >= maxRows {
			return errTooMany
		}
		if changed = append(changed, c); len(changed) == rowsBatch {
			if err := r.send(ctx, changed); err != nil {
				return err
			}
			changed = nil
		}
	}
	return r.send(ctx, changed)
}

func (r *Rows) release() Release { return Release{r.model.Topic, r.model.Basis, r.model.Purpose} }

// names reports whether a row names a record anywhere: as its own, as that of a
// relation, or in a list. Ids are random, so that nothing else holds one.
func names(row []any, records []domain.RecordID) bool {
	return len(records) > 0 && slices.ContainsFunc(row, func(column any) bool {
		text := fmt.Sprint(column)
		return len(text) >= len(records[0]) && slices.ContainsFunc(records, func(id domain.RecordID) bool { return strings.Contains(text, string(id)) })
	})
}

// render makes the message of a row.
func (r *Rows) render(row []any) (change, error) {
	key, err := r.object(r.key, row)
	if err != nil {
		return change{}, err
	}
	value, err := r.object(r.columns, row)
	if err != nil {
		return change{}, err
	}
	value = slices.Concat(r.prefix, value)
	c := change{key: string(key), digest: sha256.Sum256(value), m: message.NewMessage(r.id(key, value), value)}
	c.m.Metadata = message.Metadata{kafka.KeyMetadata: c.key, ContentType: "application/json", SchemaHeader: schemaID(r.table, r.version)}
	c.record = string(r.recordOf(row))
	return c, nil
}

// recordOf returns the record of a row, "" where it is of none.
func (r *Rows) recordOf(row []any) domain.RecordID {
	if r.recordAt < 0 {
		return ""
	}
	id, _ := row[r.recordAt].(string)
	return domain.RecordID(id)
}

// id is the same for the same row, so that a repeat can be told.
func (r *Rows) id(key, value []byte) string {
	return fmt.Sprintf("%x", sha256.Sum256(slices.Concat([]byte(r.table.Name), []byte{0}, key, []byte{0}, value)))[:32]
}

// object is a JSON object of some columns.
func (r *Rows) object(columns []int, row []any) ([]byte, error) {
	members := make(map[string]any, len(columns))
	for _, i := range columns {
		members[r.table.Columns[i].Name] = row[i]
	}
	return json.Marshal(members, json.Deterministic(true))
}

// send publishes rows, after an entry that says so.
func (r *Rows) send(ctx context.Context, changed []change) error {
	if len(changed) == 0 {
		return nil
	}
	var records []string
	messages := make([]*message.Message, len(changed))
	for i, c := range changed {
		messages[i] = c.m
		if c.record != "" {
			records = append(records, c.record)
		}
	}
	slices.Sort(records)
	if err := r.ledger.Release(ctx, r.release(), slices.Compact(records), len(changed)); err != nil {
		return fmt.Errorf("outbound: topic %s: no access entry can be written: %w", r.model.Topic, err)
	}
	if err := r.publisher.Publish(r.model.Topic, messages...); err != nil {
		return err
	}
	for _, c := range changed {
		r.known[c.key] = published{c.digest, r.round}
	}
	return nil
}

// publishGone ends the keys of rows that were not there this time.
func (r *Rows) publishGone(ctx context.Context) error {
	var gone []*message.Message
	for key, p := range r.known {
		if p.round == r.round {
			continue
		}
		m := message.NewMessage(r.id([]byte(key), nil), nil)
		m.Metadata[kafka.KeyMetadata] = key
		gone = append(gone, m)
	}
	for batch := range slices.Chunk(gone, rowsBatch) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.publisher.Publish(r.model.Topic, batch...); err != nil {
			return err
		}
		for _, m := range batch {
			delete(r.known, m.Metadata[kafka.KeyMetadata])
		}
	}
	return nil
}
