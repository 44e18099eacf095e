package schemas

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// Window is a half-open range of time, in unix seconds.
type Window struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

// Task is one bounded piece of fetching: a page of a list, or the details of up to a platform's batch of ids.
// It is keyed by ChunkID.
type Task struct {
	TaskID    string          `json:"task_id"`
	PlanID    string          `json:"plan_id"`
	ChunkID   string          `json:"chunk_id"`
	Platform  string          `json:"platform"`
	ChannelID string          `json:"channel_id"`
	ShopID    string          `json:"shop_id"`
	Kind      string          `json:"kind"`
	Op        string          `json:"op"` // the adapter's name for the call, such as order_list
	TimeField string          `json:"time_field,omitempty"`
	Lane      string          `json:"lane,omitempty"`
	Window    Window          `json:"window"`
	Cursor    string          `json:"cursor,omitempty"` // where a list goes on, as the platform gave it; "" is its beginning
	IDs       []string        `json:"ids,omitempty"`    // what a details call asks for
	Carry     json.RawMessage `json:"carry,omitempty"`  // what the adapter hands from one task of a list to the next
	Parts     []PagePart      `json:"parts,omitempty"`  // answers of earlier calls that belong to the page that this task makes
	Ready     bool            `json:"ready,omitempty"`  // nothing is left to ask: Parts are the page
	First     bool            `json:"first,omitempty"`  // the chunk is the first one of its shop and kind in the plan
	Last      bool            `json:"last,omitempty"`   // the chunk is the last one of its shop and kind in the plan
	// OnlyMissing asks for details only where no document is stored, and leaves unchanged documents as they are.
	OnlyMissing bool `json:"only_missing,omitempty"`
	Attempt     int  `json:"attempt,omitempty"` // rounds through a delay topic so far; waits for a limit spend none
}

// ChunkID names a chunk: the part of a plan that is one shop, kind and window. It is built, never parsed.
func ChunkID(planID, platform, channelID, shopID, kind string, w Window) string {
	return fmt.Sprintf("%s|%s|%s|%s|%s|%d..%d", planID, platform, channelID, shopID, kind, w.From, w.To)
}

// RootTaskID names the first task of a chunk.
func RootTaskID(chunkID string) string { return chunkID + "#0" }

// ChildTaskID names the nth child of a task, from 0.
func ChildTaskID(taskID string, n int) string { return taskID + "." + strconv.Itoa(n) }

// NextTaskID names the continuation of a task: the one that goes on with the next cursor. "c#0" gives "c#1",
// "c#0.3" gives "c#0.4": so a task that has continuations must be the only child that has them.
// It returns an error when taskID is not of that form.
func NextTaskID(taskID string) (string, error) {
	i := len(taskID)
	for i > 0 && taskID[i-1] >= '0' && taskID[i-1] <= '9' {
		i--
	}
	n, err := strconv.Atoi(taskID[i:])
	if err != nil || i == 0 || (taskID[i-1] != '#' && taskID[i-1] != '.') {
		return "", fmt.Errorf("task id %q does not end in a child index", taskID)
	}
	return taskID[:i] + strconv.Itoa(n+1), nil
}

// Page is what a task fetched: everything that one or more documents need, each answer verbatim. It is keyed by ChunkID
// and carries the headers of its task.
type Page struct {
	TaskID string     `json:"task_id"`
	Parts  []PagePart `json:"parts"`
	IDs    []string   `json:"ids,omitempty"` // what was asked for, when the call asked by id
	Window Window     `json:"window"`
	Region string     `json:"region,omitempty"` // of the shop, as configured; ISO 3166 alpha-2
}

// PagePart is one answer of a platform.
type PagePart struct {
	Path      string          `json:"path"`
	FetchedAt int64           `json:"fetched_at"` // unix milliseconds by the platform's clock, at the request's start
	Body      json.RawMessage `json:"body"`
}
