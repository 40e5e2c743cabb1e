# Prints the machine's state, twice a second: python3 examples/tutorial-machine/subscriber.py
import json
import paho.mqtt.subscribe

def show(client, userdata, message):
    print(message.topic, json.loads(message.payload), flush=True)

paho.mqtt.subscribe.callback(show, "twin/state", hostname="localhost", port=1883)
