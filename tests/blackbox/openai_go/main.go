// SPDX-License-Identifier: Apache-2.0

// What a program with openai-go does, for test_openai_go.py: one task by name, told as JSON.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/packages/param"
	"github.com/openai/openai-go/v3/webhooks"
)

var ctx = context.Background()

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

func make1(client openai.Client, body openai.VideoNewParams) *openai.Video {
	return must(client.Videos.NewAndPoll(ctx, body, 20))
}

func download(client openai.Client, id, variant string) []any {
	answer := must(client.Videos.DownloadContent(ctx, id, openai.VideoDownloadContentParams{
		Variant: openai.VideoDownloadContentParamsVariant(variant)}))
	defer answer.Body.Close()
	return []any{answer.Header.Get("Content-Type"), len(must(io.ReadAll(answer.Body)))}
}

func caught[T any](_ T, err error) []any {
	var told *openai.Error
	if !errors.As(err, &told) {
		return []any{fmt.Sprint(err)}
	}
	return []any{told.StatusCode, told.Code, told.Param}
}

func create(client openai.Client, _ string) any {
	video := make1(client, openai.VideoNewParams{Prompt: "slow:0.3 a coast", Seconds: "8",
		Size: openai.VideoSize1280x720, Model: openai.VideoModelSora2})
	return map[string]any{"video": json.RawMessage(video.RawJSON()),
		"content": download(client, video.ID, "video")}
}

func walk(client openai.Client, _ string) any {
	var made, back, forward, left []string
	for n := range 5 {
		made = append(made, make1(client, openai.VideoNewParams{Prompt: fmt.Sprint("ok ", n)}).ID)
	}
	for pages := client.Videos.ListAutoPaging(ctx, openai.VideoListParams{Limit: openai.Int(2)}); pages.Next(); {
		back = append(back, pages.Current().ID)
	}
	for pages := client.Videos.ListAutoPaging(ctx, openai.VideoListParams{Limit: openai.Int(2),
		Order: openai.VideoListParamsOrderAsc}); pages.Next(); {
		forward = append(forward, pages.Current().ID)
	}
	deleted := must(client.Videos.Delete(ctx, made[0])).Deleted
	for pages := client.Videos.ListAutoPaging(ctx, openai.VideoListParams{}); pages.Next(); {
		left = append(left, pages.Current().ID)
	}
	return map[string]any{"made": made, "back": back, "forward": forward, "deleted": deleted,
		"left": left}
}

// A first frame as a file and as a data: URL; then what is made from a video.
func from(client openai.Client, path string) any {
	file := must(os.Open(path))
	defer file.Close()
	one := make1(client, openai.VideoNewParams{Prompt: "ok a",
		InputReference: openai.VideoNewParamsInputReferenceUnion{OfFile: file}})
	url := "data:image/png;base64," + string(must(os.ReadFile(path+".base64")))
	two := make1(client, openai.VideoNewParams{Prompt: "ok a",
		InputReference: openai.VideoNewParamsInputReferenceUnion{
			OfImageInputReference: &openai.ImageInputReferenceParam{ImageURL: param.NewOpt(url)}}})
	remix := must(client.Videos.Remix(ctx, one.ID, openai.VideoRemixParams{Prompt: "ok at night"}))
	return map[string]any{"sizes": []any{download(client, one.ID, ""), download(client, two.ID, "")},
		"source": one.ID, "from": remix.RemixedFromVideoID,
		"status": must(client.Videos.PollStatus(ctx, remix.ID, 20)).Status}
}

func refuse(client openai.Client, _ string) any {
	return []any{
		caught(client.Videos.New(ctx, openai.VideoNewParams{Prompt: "ok", Seconds: "7"})),
		caught(client.Videos.New(ctx, openai.VideoNewParams{Prompt: "ok", Model: "sora-3"})),
		caught(client.Videos.Get(ctx, "video_1")),
		caught(client.Videos.DownloadContent(ctx, "video_1", openai.VideoDownloadContentParams{})),
		caught(client.Videos.List(ctx, openai.VideoListParams{}, option.WithAPIKey("sk-wrong"))),
	}
}

func endpoints(client openai.Client, url string) any {
	hooks := client.Webhooks
	made := must(hooks.New(ctx, webhooks.WebhookNewParams{Name: "a receiver", URL: url,
		EventTypes: []string{"video.completed", "video.failed"}}))
	var listed []string
	for pages := hooks.ListAutoPaging(ctx, webhooks.WebhookListParams{}); pages.Next(); {
		listed = append(listed, pages.Current().ID)
	}
	video := make1(client, openai.VideoNewParams{Prompt: "ok a"})
	return map[string]any{"id": made.ID, "secret": made.SigningSecret, "listed": listed,
		"video": video.ID}
}

// Letters of endpoints: [{headers, body, secret}]. What the verifier says of each.
func unwrap(_ openai.Client, text string) any {
	var letters []struct {
		Headers      map[string]string
		Body, Secret string
	}
	said := []any{}
	if err := json.Unmarshal([]byte(text), &letters); err != nil {
		return err.Error()
	}
	for _, letter := range letters {
		headers := http.Header{}
		for name, value := range letter.Headers {
			headers.Set(name, value)
		}
		client := openai.NewClient(option.WithUnsafeAllowHTTP(),
			option.WithWebhookSecret(letter.Secret))
		event, err := client.Webhooks.Unwrap([]byte(letter.Body), headers)
		if err != nil {
			said = append(said, "refused")
			continue
		}
		said = append(said, json.RawMessage(event.RawJSON()))
	}
	return said
}

func main() {
	tasks := map[string]func(openai.Client, string) any{"create": create, "walk": walk,
		"from": from, "refuse": refuse, "endpoints": endpoints, "unwrap": unwrap}
	client := openai.NewClient(option.WithUnsafeAllowHTTP())
	told := tasks[os.Args[1]](client, os.Args[2])
	fmt.Println(string(must(json.Marshal(told))))
}
