// SPDX-License-Identifier: GPL-2.0-only
/* The table of a client's states. */
#include "qmp/client.h"
#include "tap.h"

static struct client client;

static void hold_new(void)
{
	client_set_state(&client, CLIENT_NEW);
	client_set_state(&client, CLIENT_TURN);
}

static void drop_twice(void)
{
	client_set_state(&client, CLIENT_FREE);
}

void test_client(void)
{
	claim(!client_exists(&client), "client: a place of zeros is free");
	claim(aborts(hold_new), "client: one that is new has no turn");
	claim(aborts(drop_twice), "client: a free place is not freed again");
	client_set_state(&client, CLIENT_NEW);
	claim(!client_is_ready(&client), "client: a new one gets no events");
	client_set_state(&client, CLIENT_READY);
	client_set_state(&client, CLIENT_TURN);
	claim(client_is_held(&client) && client_is_ready(&client),
	      "client: one that waits for its turn is held, and gets them");
	client_set_state(&client, CLIENT_DUMP);
	client_set_state(&client, CLIENT_READY);
	claim(!client_is_held(&client), "client: after its dump it is not");
}
