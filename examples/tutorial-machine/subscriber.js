// Prints the machine's state, twice a second: node examples/tutorial-machine/subscriber.js
import mqtt from 'mqtt';

const client = mqtt.connect('mqtt://localhost:1883');
client.on('connect', () => client.subscribe('twin/state'));
client.on('message', (topic, payload) => {
  console.log(topic, JSON.parse(payload.toString()));
});
