// SPDX-License-Identifier: GPL-2.0-only
/*
 * In: a JSON text of a client's.  Out: one answer.  The stages of a command:
 * it is JSON, it has the form of a command, its name is known, its arguments
 * fit; only then is it run, and if it needs the VM stopped, only in turn.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "qmp/qmp.h"

/* No answer is longer than a record; and it may have an id. */
static char line[QMP_RECORD_MAX + CLIENT_IN + 1024];

_Static_assert(sizeof(line) + CLIENT_BATCH <= CLIENT_OUT,
	       "behind a batch there is room for any answer");

/* The id of a command, which its answer repeats, as it is in the text. */
struct id {
	const char *text;
	size_t len;		/* 0: there is none */
};

/* Without the white space between its tokens: an answer is one line. */
static void put_id(struct json *answer, const struct id *id)
{
	static char text[CLIENT_IN];
	bool string = false;
	size_t i, len = 0;

	if (!id->len)
		return;
	for (i = 0; i < id->len; i++) {
		char c = id->text[i];

		if (string && c == '\\')
			text[len++] = id->text[i++];
		else if (c == '"')
			string = !string;
		if (string || !strchr(" \t\r\n", c))
			text[len++] = id->text[i];
	}
	text[len] = '\0';
	json_raw(answer, "id", text);
}

static void send_line(struct client *client, struct json *answer)
{
	json_close(answer, '}');
	buf_put(answer->buf, "\r\n");
	client_send(client, answer->buf);
}

static void begin(struct json *answer, struct buf *buf)
{
	buf_init(buf, line, sizeof(line));
	*answer = (struct json){ .buf = buf };
	json_open(answer, NULL, '{');
}

static void send_error(struct client *client, const char *class,
		       const char *why, const struct id *id)
{
	struct json answer;
	struct buf buf;

	begin(&answer, &buf);
	json_open(&answer, "error", '{');
	json_string(&answer, "class", class);
	json_string(&answer, "desc", why);
	json_close(&answer, '}');
	put_id(&answer, id);
	send_line(client, &answer);
}

/* Has the command written its value?  Then that it is. */
static void send_answer(struct client *client, struct json *answer,
			const struct id *id)
{
	if (!answer->comma)
		json_raw(answer, QMP_RETURN, "{}");
	put_id(answer, id);
	send_line(client, answer);
}

void qmp_put_version(const struct qmp *qmp, struct json *json, const char *key)
{
	const char *version = qmp->ops->facts(qmp->machine).version;
	char package[64];
	char *minor;
	uint64_t major = strtoul(version, &minor, 10);

	json_open(json, key, '{');
	json_open(json, "qemu", '{');
	json_number(json, "micro", 0);
	json_number(json, "minor", strtoul(minor + 1, NULL, 10));
	json_number(json, "major", major);
	json_close(json, '}');
	snprintf(package, sizeof(package), "panicvm %s", version);
	json_string(json, "package", package);
	json_close(json, '}');
}

void qmp_greet(struct client *client)
{
	struct json greeting;
	struct buf buf;

	begin(&greeting, &buf);
	json_open(&greeting, "QMP", '{');
	qmp_put_version(client->qmp, &greeting, "version");
	json_raw(&greeting, "capabilities", "[]");
	json_close(&greeting, '}');
	send_line(client, &greeting);
}

static const struct id no_id;

void qmp_refuse(struct client *client, const char *why)
{
	send_error(client, "GenericError", why, &no_id);
}

void qmp_answer(struct client *client, const char *error)
{
	const struct id id = { client->in + client->id_at, client->id_len };
	struct json answer;
	struct buf buf;

	if (error) {
		send_error(client, "GenericError", error, &id);
		return;
	}
	begin(&answer, &buf);
	send_answer(client, &answer, &id);
}

static struct id find_id(const struct json_text *text)
{
	unsigned int id = json_member(text, 0, "id");
	const struct json_value *v = &text->values[id];
	/* A string's quotes are part of it here. */
	unsigned int quote = v->type == JSON_STRING;

	if (!id)
		return no_id;
	return (struct id){
		text->text + v->start - quote, v->len + 2 * quote
	};
}

static const char *check_form(struct qmp_call *call)
{
	const struct json_text *text = call->text;
	char name[64];
	unsigned int key = 0;

	while ((key = json_next_key(text, 0, key))) {
		enum json_type type = text->values[key + 1].type;

		if (json_is(text, key, "execute")) {
			if (type != JSON_STRING)
				return "QMP input member 'execute' must be a string";
		} else if (json_is(text, key, "arguments")) {
			if (type != JSON_OBJECT)
				return "QMP input member 'arguments' must be an object";
		} else if (!json_is(text, key, "id")) {
			json_get_string(text, key, name, sizeof(name));
			return qmp_why(call,
				       "QMP input member '%s' is unexpected",
				       name);
		}
	}
	if (!json_member(text, 0, "execute"))
		return "QMP input lacks member 'execute'";
	return NULL;
}

static const struct qmp_command *find_command(const struct json_text *text,
					      unsigned int name)
{
	const struct qmp_command *c;
	size_t i;

	for (i = 0; qmp_tables[i]; i++)
		for (c = qmp_tables[i]; c->name; c++)
			if (json_is(text, name, c->name))
				return c;
	return NULL;
}

static const char *not_found(struct qmp_call *call, unsigned int command)
{
	char name[128];

	call->class = "CommandNotFound";
	json_get_string(call->text, command, name, sizeof(name));
	return qmp_why(call, "The command %s has not been found", name);
}

/* Before qmp_capabilities nothing else is, and afterwards it is not. */
static const char *check_stage(struct qmp_call *call, unsigned int command)
{
	bool negotiates = json_is(call->text, command, "qmp_capabilities");

	if (negotiates != client_is_ready(call->client))
		return NULL;
	call->class = "CommandNotFound";
	return negotiates ?
		"Capabilities negotiation is already complete, command ignored" :
		"Expecting capabilities negotiation with 'qmp_capabilities'";
}

const char *const qmp_held = "";

/* What came before on the same connection has been answered. */
static const char *wait_for_turn(struct client *client)
{
	client->turn = client->qmp->turns++;
	client_set_state(client, CLIENT_TURN);
	return qmp_held;
}

static const char *run(struct qmp_call *call)
{
	const char *why = check_form(call);
	const struct qmp_command *command;
	unsigned int name;

	if (why)
		return why;
	name = json_member(call->text, 0, "execute");
	call->object = json_member(call->text, 0, "arguments");
	why = check_stage(call, name);
	if (why)
		return why;
	command = find_command(call->text, name);
	if (!command)
		return not_found(call, name);
	why = qmp_check_args(call, command);
	if (why)
		return why;
	if (command->turn && !call->has_turn)
		return wait_for_turn(call->client);
	return command->run(call);
}

static void handle_object(struct client *client, const struct json_text *text,
			  bool has_turn)
{
	const struct id id = find_id(text);
	struct json answer;
	struct qmp_call call = {
		.client = client,
		.ops = client->qmp->ops,
		.machine = client->qmp->machine,
		.text = text,
		.answer = &answer,
		.has_turn = has_turn,
		.class = "GenericError",
	};
	const char *why;
	struct buf buf;

	begin(&answer, &buf);
	why = run(&call);
	client->id_at = id.len ? (size_t)(id.text - client->in) : 0;
	client->id_len = id.len;
	/* An event on the way may have been too much for it. */
	if (!client_exists(client) || why == qmp_held)
		return;
	if (why)
		send_error(client, call.class, why, &id);
	else
		send_answer(client, &answer, &id);
}

void qmp_handle_text(struct client *client, const char *text, size_t len)
{
	struct json_text json;
	const char *why = json_parse(&json, text, len);

	if (!why && json.values[0].type != JSON_OBJECT)
		why = "QMP input must be a JSON object";
	if (why)
		qmp_refuse(client, why);
	else
		handle_object(client, &json, false);
}

void qmp_take_turn(struct client *client)
{
	struct json_text json;

	if (!json_parse(&json, client->in, client->held_len))
		handle_object(client, &json, true);
	if (client->state == CLIENT_TURN)
		client_go_on(client);
}
