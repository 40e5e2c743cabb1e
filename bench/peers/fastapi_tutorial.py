"""The tutorial machine as a tutorial writes it: FastAPI, a pydantic model for its state, two routes.

`app` has plain functions, which FastAPI runs in threads; `async_app` has the same as coroutines, which is faster.
"""

from fastapi import FastAPI
from pydantic import BaseModel


class PhysicalState(BaseModel):
    temperature: float
    vibration: float
    rpm: int
    timestamp: float


class DigitalTwin:
    def __init__(self, state: PhysicalState):
        self.state = state

    def update(self, dt: float, ambient: float) -> PhysicalState:
        state = self.state
        state.temperature += (ambient - state.temperature) * 0.05 * dt
        state.vibration = max(0.5, state.vibration + (state.rpm - 1500) * 0.001)
        state.rpm = int(state.rpm * 0.999 + 1500 * 0.001)
        state.timestamp += dt
        return state


twin = DigitalTwin(PhysicalState(temperature=65.0, vibration=2.1, rpm=1500, timestamp=0.0))

app = FastAPI()


@app.get("/state")
def get_state():
    return twin.state


@app.post("/update")
def update(ambient: float):
    return twin.update(1.0, ambient)


async_app = FastAPI()


@async_app.get("/state")
async def get_state_async():
    return twin.state


@async_app.post("/update")
async def update_async(ambient: float):
    return twin.update(1.0, ambient)
